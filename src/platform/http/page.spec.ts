import type { Request } from 'express';
import { toPage } from '../paging';
import { toPageResponse, pageSize } from './page';

const rows = [5n, 4n, 3n].map((id) => ({ id }));
const textOf = ({ id }: { id: bigint }) => `item ${id}`;

describe('A page of a list', () => {
  it('has a next page if one more row was read', () => {
    expect(toPage(9, rows, 2, textOf)).toEqual({ count: 9, items: ['item 5', 'item 4'], nextCursor: '4' });
  });

  it.each([3, 4])('is the last one without a further row: %d', (size) => {
    expect(toPage(9, rows, size, textOf)).toEqual({
      count: 9,
      items: ['item 5', 'item 4', 'item 3'],
      nextCursor: null,
    });
  });

  it('is empty without rows', () => {
    expect(toPage(0, [], 2, textOf)).toEqual({ count: 0, items: [], nextCursor: null });
  });

  it('has fifty items by default', () => {
    expect([pageSize({}), pageSize({ limit: 7 })]).toEqual([50, 7]);
  });

  it('links to the next page at the public URL with the same query', () => {
    const request = { originalUrl: '/api/v1/exports/?status=failed&cursor=old&limit=2' } as Request;
    const page = toPage(9, rows, 2, textOf);

    const response = toPageResponse(page, request, 'https://exports.example.com', (item) => item.toUpperCase());

    expect(response).toEqual({
      count: 9,
      next: 'https://exports.example.com/api/v1/exports/?status=failed&cursor=4&limit=2',
      results: ['ITEM 5', 'ITEM 4'],
    });
  });

  it.each([
    'http://evil.example/api/v1/exports?limit=2',
    'HTTPS://ann:pass@evil.example:8443/api/v1/exports?limit=2',
    'http://evil.example//api/v1/exports?limit=2',
    'http://[/api/v1/exports?limit=2',
    '//evil.example/../api/v1/exports?limit=2',
    '/api/v1/exports?limit=2',
  ])('links to the public URL whatever the request target is: %s', (originalUrl) => {
    const page = toPage(9, rows, 2, textOf);

    const { next } = toPageResponse(page, { originalUrl } as Request, 'https://exports.example.com', (item) => item);

    expect(new URL(next!).origin).toBe('https://exports.example.com');
    expect(next).toMatch(/\/api\/v1\/exports\?limit=2&cursor=4$/);
  });
});
