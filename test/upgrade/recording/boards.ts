import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lessonBoard, noteBoard } from '../../support/boards';
import type { DayBoard } from '../day';
import type { People } from './people';
import type { Recorder } from './recorder';

const EXAMPLES = join(__dirname, '../../../examples/boards');
const BOARDS = ['02-handwriting', '03-shapes-arrows', '04-texts', '10-legacy-root', '11b-empty-pages'];
const NAMES = ['Алгебра', 'Lesson "7"', 'Геометрія: кути', '=Physics', 'الدرس الأول', 'Ночь / день'];

export const exportsOf = ({ owner, id }: DayBoard) =>
  `/api/v1/${owner.kind === 'customer' ? 'customer/' : ''}solo/sessions/${id}/export`;

export interface KeptBoards {
  readonly lesson: DayBoard;
  readonly note: DayBoard;
  readonly ofPartner: DayBoard;
}

/** Boards with thumbnails, and pictures, documents and data of them. */
export async function drawBoards(recorder: Recorder, { artist, partner }: People): Promise<KeptBoards> {
  const { random } = recorder;
  const example = JSON.parse(readFileSync(join(EXAMPLES, `${random.pick(BOARDS)}.json`), 'utf8')) as unknown;
  const drawn = await recorder.keepBoard(artist, random.pick(NAMES), example);
  const note = await recorder.keepBoard(artist, random.pick(NAMES), noteBoard(random.pick(NAMES)));
  const lesson = await recorder.keepBoard(artist, random.pick(NAMES), lessonBoard(random.between(2, 5)));
  const client = await recorder.as(artist);
  for (const { id } of [drawn, note]) await client.post(`/api/v1/solo/sessions/${id}/thumbnail`);
  await recorder.ask(artist, exportsOf(drawn), { format: 'png', options: { pixel_ratio: 1 } }, { format: 'pdf' });
  await recorder.ask(artist, exportsOf(lesson), { format: 'pdf', notify: { email: true } }, { notify: false });
  const { body: deleted } = await recorder.ask(artist, exportsOf(note), { format: 'json' }, { options: { page: 1 } });
  await client.finished(deleted.id as string);
  await client.delete(`/api/v1/exports/${deleted.id}`);
  const ofPartner = await createFor(recorder, partner, artist.kind === 'user' ? artist.sub : '');
  return { lesson, note, ofPartner };
}

async function createFor(recorder: Recorder, partner: People['partner'], sub: string): Promise<DayBoard> {
  const body = { user_id: sub, name: recorder.random.pick(NAMES), state: noteBoard('Hi') };
  const { body: created } = await recorder.ask(partner, '/api/v1/customer/solo/sessions', body, { name: 'Another' });
  const board = await recorder.keepBoard(partner, body.name, null, created.id as string);
  await recorder.ask(partner, exportsOf(board), { format: 'png' }, { format: 'json' });
  return board;
}

/** Somebody exports until they may no more. */
export async function exhaustLimit(recorder: Recorder): Promise<void> {
  const owner = recorder.user(`busy-${recorder.random.between(100, 999)}`);
  const board = await recorder.keepBoard(owner, 'Busy', noteBoard('Busy'));
  const path = exportsOf(board);
  const body = { format: 'json' };
  const client = await recorder.as(owner);
  for (let number = 1; number <= 100; number += 1) {
    const { status } = await client.post(path, body);
    if (status === 429) {
      recorder.limited = { owner, path, body };
      return;
    }
  }
  throw new Error('Whoever asks for too much is not held back');
}

/** Reads all boards again, as they are at the end of the day. */
export async function readBoards(recorder: Recorder): Promise<DayBoard[]> {
  const boards: DayBoard[] = [];
  for (const board of recorder.boards) {
    const prefix = board.owner.kind === 'customer' ? '/api/v1/customer' : '/api/v1';
    const { body } = await (await recorder.as(board.owner)).get(`${prefix}/solo/sessions/${board.id}`);
    boards.push({ ...board, stateSha256: stateSha256(body), thumbnail: (body.thumbnail_url ?? null) as string | null });
  }
  return boards;
}

export function stateSha256({ state }: { readonly state: unknown }): string {
  return createHash('sha256').update(JSON.stringify(state)).digest('hex');
}
