import { Injectable } from '@nestjs/common';
import type { Principal } from '../../platform/auth/principal';
import { type Page, toPage } from '../../platform/paging';
import { Prisma } from '../../platform/database/generated/client';
import { PrismaService } from '../../platform/database/prisma.service';
import type { Event, EventDetails } from '../model/domain/event';
import { EventRepository } from '../model/domain/interfaces/event.repository';
import type { ParticipantResult, Result } from '../model/domain/participant-result';
import { visibleTo } from '../../platform/database/visibility';

/** The most bytes of answers on a page, because the length of an answer is not limited. */
const MAX_PAGE_BYTES = 4_000_000;

const EVENT_COLUMNS = {
  id: true,
  title: true,
  description: true,
  language: true,
  timeZone: true,
  startsAt: true,
  endsAt: true,
  createdAt: true,
  updatedAt: true,
} as const satisfies Prisma.EventSelect;

const WITH_RESULTS = {
  result: true,
  answers: { include: { question: { select: { key: true, position: true } } } },
} as const;
type ParticipantRow = Prisma.EventParticipantGetPayload<{ include: typeof WITH_RESULTS }>;
type ResultRow = NonNullable<ParticipantRow['result']>;

@Injectable()
export class PrismaEventRepository extends EventRepository {
  constructor(private readonly prisma: PrismaService) {
    super();
  }

  override find(id: string, principal: Principal): Promise<Event | null> {
    return this.prisma.event.findFirst({
      where: { id, ...visibleTo(principal, 'organizerId').where },
      select: EVENT_COLUMNS,
    });
  }

  override async findDetails(id: string, principal: Principal): Promise<EventDetails | null> {
    const event = await this.find(id, principal);
    if (!event) return null;
    const ofEvent = { participant: { eventId: id } };
    const [questions, total, started, finished] = await Promise.all([
      this.prisma.eventQuestion.findMany({ where: { eventId: id }, orderBy: { position: 'asc' } }),
      this.countParticipants(id),
      this.prisma.eventResult.count({ where: ofEvent }),
      this.prisma.eventResult.count({ where: { ...ofEvent, finishedAt: { not: null } } }),
    ]);
    return {
      event,
      questions: questions.map(({ maxScore, ...question }) => ({ ...question, maxScore: maxScore.toString() })),
      participants: { total, started, finished },
    };
  }

  override async list(principal: Principal, size: number, cursor?: string): Promise<Page<Event>> {
    const where = visibleTo(principal, 'organizerId').where;
    const [count, rows] = await Promise.all([
      this.prisma.event.count({ where }),
      this.prisma.event.findMany({
        where: { ...where, id: { lt: cursor } },
        orderBy: { id: 'desc' },
        take: size + 1,
        select: EVENT_COLUMNS,
      }),
    ]);
    return toPage(count, rows, size, (event) => event);
  }

  override countParticipants(eventId: string): Promise<number> {
    return this.prisma.eventParticipant.count({ where: { eventId } });
  }

  override async listResults(eventId: string, size: number, cursor?: string): Promise<Page<ParticipantResult>> {
    const [count, listed] = await Promise.all([
      this.countParticipants(eventId),
      this.prisma.$queryRaw<{ id: string; bytes: number }[]>`
        SELECT id, (SELECT coalesce(sum(octet_length(answer)), 0) FROM event_answers
                    WHERE participant_id = listed.id)::float8 AS bytes
        FROM (SELECT id FROM event_participants
              WHERE event_id = ${eventId}::uuid AND (${cursor ?? null}::uuid IS NULL OR id < ${cursor ?? null}::uuid)
              ORDER BY id DESC LIMIT ${size + 1}) AS listed
        ORDER BY id DESC`,
    ]);
    const ids = takeFittingPage(listed.slice(0, size)).map(({ id }) => id);
    const rows = await this.prisma.eventParticipant.findMany({
      where: { id: { in: ids } },
      orderBy: { id: 'desc' },
      include: WITH_RESULTS,
    });
    const nextCursor = listed.length > ids.length ? (ids.at(-1) ?? null) : null;
    return { count, items: rows.map(toParticipantResult), nextCursor };
  }
}

/** Takes as many items as fit on a page, and at least one. */
function takeFittingPage<Item extends { readonly bytes: number }>(items: readonly Item[]): readonly Item[] {
  let bytes = 0;
  const end = items.findIndex((item, index) => (bytes += item.bytes) > MAX_PAGE_BYTES && index > 0);
  return end === -1 ? items : items.slice(0, end);
}

function toParticipantResult(row: ParticipantRow): ParticipantResult {
  const { id, externalId, name, email, groupName, result, answers } = row;
  return {
    participant: { id, externalId, name, email, groupName },
    result: result && toResult(result),
    answers: answers
      .toSorted((one, other) => one.question.position - other.question.position)
      .map(({ question, answer, score }) => ({ key: question.key, answer, score: score?.toString() ?? null })),
  };
}

function toResult(row: ResultRow): Result {
  const { score, maxScore, durationSeconds, attempts, startedAt, finishedAt } = row;
  const percent = maxScore.isZero()
    ? null
    : score.mul(100).div(maxScore).toDecimalPlaces(1, Prisma.Decimal.ROUND_HALF_UP).toFixed(1);
  return {
    score: score.toString(),
    maximum: maxScore.toString(),
    percent,
    durationSeconds,
    attempts,
    startedAt,
    finishedAt,
  };
}
