// Preloaded into a service under test: at SIGUSR2 it writes the files of all scripts that the process has loaded, as JSON,
// to the file that LOADED_SCRIPTS names. The inspector sees every kind of module, which no list of Node's own holds.
const { renameSync, writeFileSync } = require('node:fs');
const { Session } = require('node:inspector');
const { isMainThread } = require('node:worker_threads');

if (isMainThread) {
  const scripts = new Set();
  const session = new Session();
  session.connect();
  session.on('Debugger.scriptParsed', ({ params }) => scripts.add(params.url));
  session.post('Debugger.enable');
  process.on('SIGUSR2', () => {
    const file = process.env.LOADED_SCRIPTS;
    writeFileSync(`${file}.part`, JSON.stringify([...scripts]));
    renameSync(`${file}.part`, file);
  });
}
