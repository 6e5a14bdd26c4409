// @ts-check
import { exampleBoards } from '../../service/example-boards.mjs';
import { exportAll } from '../exports.mjs';

const formats = ['png', 'pdf', 'json'];

/** Every example board as pictures, as a document and as data. @type {import('../show.mjs').Chapter} */
export const boards = {
  title: 'Boards to PNG (a zip where there are several pages), PDF and JSON',
  subject: 'board',
  unit: 'pages',
  async play(stage) {
    const client = await stage.signIn('demo');
    const sessions = await Promise.all(exampleBoards().map(({ name, state }) => client.createSession(name, state)));
    const wishes = sessions.flatMap(({ id, name }) =>
      formats.map((format) => ({ subject: name, format, request: () => client.requestBoardExport(id, format) })),
    );
    return exportAll(wishes, client, stage);
  },
};
