// @ts-check
// Compiles src again at each change, with the same plugins as the build.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { projectRoot } from '../process.mjs';
import { startNode } from '../service/child.mjs';

/**
 * @param {object} options
 * @param {string} options.folder for the compiled program and what the compiler needs to know
 * @param {() => void} options.onCompiled called after each change that compiled
 * @param {(line: string) => void} options.onComplaint
 */
export function watchSources({ folder, onCompiled, onComplaint }) {
  const program = join(folder, 'dist');
  rmSync(program, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // The demo and the tests may rebuild dist/ at any time: what runs here is a copy, the first time at once.
  cpSync(join(projectRoot, 'dist'), program, { recursive: true });

  const settings = writeSettings(folder, program);
  let isFirst = true;
  const child = startNode(
    [
      join(projectRoot, 'node_modules/@nestjs/cli/bin/nest.js'),
      ...['build', '--watch', '--preserveWatchOutput'],
      ...['--config', relative(projectRoot, settings.nest), '--path', relative(projectRoot, settings.typescript)],
    ],
    {
      env: process.env,
      onLine: (line) => {
        if (/Found 0 errors/.test(line)) {
          if (!isFirst) onCompiled();
          isFirst = false;
        } else if (line.trim() !== '' && !/Starting compilation|File change detected/.test(line)) {
          onComplaint(line);
        }
      },
    },
  );
  let isOver = false;
  void child.ended.then((how) => {
    if (!isOver) onComplaint(`The compiler ${how}: changes are no longer noticed.`);
  });
  const stop = () => {
    isOver = true;
    return child.stop(2000);
  };
  return { program: join(program, 'main.js'), stop };
}

/**
 * The settings of the build, for another folder that is not emptied while a program runs from it.
 * @param {string} folder
 * @param {string} outDir
 */
function writeSettings(folder, outDir) {
  const root = relative(folder, projectRoot);
  const typescript = join(folder, 'tsconfig.json');
  const paths = { include: [join(root, 'src')], exclude: [join(root, 'src/**/*.spec.ts')] };
  const compilerOptions = { rootDir: join(root, 'src'), outDir };
  writeFileSync(typescript, JSON.stringify({ extends: join(root, 'tsconfig.build.json'), compilerOptions, ...paths }));

  const nest = join(folder, 'nest-cli.json');
  const ofBuild = JSON.parse(readFileSync(join(projectRoot, 'nest-cli.json'), 'utf8'));
  ofBuild.compilerOptions.deleteOutDir = false;
  writeFileSync(nest, JSON.stringify(ofBuild));
  return { typescript, nest };
}
