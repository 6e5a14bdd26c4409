import { type Api, unwrap } from './api.js';
import { type CallOptions, type CreateOptions, initOf } from './exports.js';
import type { Board, BoardList, BoardListQuery, NewBoard } from './types.js';

/** `client.boards`: the boards of the caller. */
export class Boards {
  constructor(private readonly api: Api) {}

  list(query: BoardListQuery = {}, options: CallOptions = {}): Promise<BoardList> {
    const path = this.api.path('/api/v1/solo/sessions');
    return unwrap(this.api.client.GET(path, { params: { query }, ...initOf(options) }));
  }

  get(id: string, options: CallOptions = {}): Promise<Board> {
    const path = this.api.path('/api/v1/solo/sessions/{id}');
    return unwrap(this.api.client.GET(path, { params: { path: { id } }, ...initOf(options) }));
  }

  create(body: NewBoard = {}, options: CreateOptions = {}): Promise<Board> {
    const path = this.api.path('/api/v1/solo/sessions');
    return unwrap(this.api.client.POST(path, { body, ...initOf(options) }));
  }
}
