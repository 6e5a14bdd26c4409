import { Config } from '../config/config';
import { LinkSigner } from './link-signer';

const SECRET = 's'.repeat(32);
const MINUTE = 60_000;
/** A full five minutes. */
const NOON = Date.UTC(2026, 2, 28, 12);
const PATH = '/api/v1/exports/1/download';

const signerWith = (secret: string) =>
  new LinkSigner(
    Config.from({
      DATABASE_URL: 'postgres://localhost/exports',
      JWT_SECRET: SECRET,
      LINK_SECRET: secret,
      PUBLIC_URL: 'https://exports.example.com/base/',
    }),
  );
const signer = signerWith(SECRET);

function proofOf(link: string): { expires: number; signature: string } {
  const { searchParams } = new URL(link);
  return { expires: Number(searchParams.get('expires')), signature: searchParams.get('signature') ?? '' };
}

describe('A signed link', () => {
  it('has a path below the public URL', () => {
    expect(signer.sign(PATH, NOON).split('?')[0]).toBe(`https://exports.example.com/base${PATH}`);
  });

  it('is valid until its expiry', () => {
    const proof = proofOf(signer.sign(PATH, NOON));
    const end = proof.expires * 1000;

    expect([NOON, end - 1, end, end + 1].map((now) => signer.verify(PATH, proof, now))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it.each([
    ['at a full five minutes', NOON, 15 * MINUTE],
    ['just after them', NOON + 1, 20 * MINUTE - 1],
    ['just before the next', NOON + 5 * MINUTE - 1, 15 * MINUTE + 1],
  ])('is valid for 15 to 20 minutes when signed %s', (_, now, milliseconds) => {
    expect(proofOf(signer.sign(PATH, now)).expires * 1000 - now).toBe(milliseconds);
  });

  it('stays the same for five minutes', () => {
    const links = [1, 5 * MINUTE, 5 * MINUTE + 1].map((later) => signer.sign(PATH, NOON + later));

    expect(links[1]).toBe(links[0]);
    expect(links[2]).not.toBe(links[0]);
  });

  it('is valid until the given moment', () => {
    const proof = proofOf(signer.signUntil(PATH, new Date(NOON + 1_500)));

    expect(signer.verify(PATH, proof, NOON + 999)).toBe(true);
    expect(signer.verify(PATH, proof, NOON + 1_000)).toBe(false);
  });

  it('is invalid for another path, expiry or signature', () => {
    const proof = proofOf(signer.sign(PATH, NOON));

    expect(signer.verify(`${PATH}/`, proof, NOON)).toBe(false);
    expect(signer.verify(PATH, { ...proof, expires: proof.expires + 1 }, NOON)).toBe(false);
    expect(signer.verify(PATH, { ...proof, signature: proof.signature.slice(1) }, NOON)).toBe(false);
    expect(signer.verify(PATH, { ...proof, signature: '' }, NOON)).toBe(false);
    expect(signer.verify(PATH, { ...proof, expires: NaN }, NOON)).toBe(false);
  });

  it('is invalid with another secret', () => {
    const proof = proofOf(signerWith('t'.repeat(32)).sign(PATH, NOON));

    expect(signer.verify(PATH, proof, NOON)).toBe(false);
  });
});
