// @ts-check
// Compiles src again at each change, as the build does, and checks its types meanwhile.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { projectRoot } from '../process.mjs';
import { startNode } from '../service/child.mjs';

/**
 * Resolves when everything has been compiled once. A type error is reported, and does not delay a restart.
 * @param {object} options
 * @param {string} options.folder for the compiled program and what the compiler needs to know
 * @param {() => void} options.onCompiled called after each change that compiled
 * @param {(line: string) => void} options.onComplaint
 */
export async function watchSources({ folder, onCompiled, onComplaint }) {
  const program = join(folder, 'dist');
  rmSync(program, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // A file that does not compile keeps the form it has in dist/.
  cpSync(join(projectRoot, 'dist'), program, { recursive: true });
  // The program reads its version from it.
  cpSync(join(projectRoot, 'package.json'), join(folder, 'package.json'));

  const settings = writeSettings(folder, program);
  const children = [startTypeChecker(settings.typescript, onComplaint)];
  await new Promise((compiledOnce) => {
    const compiler = startCompiler(settings, (line) => {
      if (/^Successfully compiled: |^Failed to compile /.test(line)) compiledOnce(undefined);
      if (/^Successfully compiled \S/.test(line)) onCompiled();
      else if (!isRoutine(line)) onComplaint(line);
    });
    void compiler.ended.then(compiledOnce);
    children.push(compiler);
  });

  let isOver = false;
  for (const { ended } of children) {
    void ended.then((how) => {
      if (!isOver) onComplaint(`The compiler ${how}: changes are no longer noticed.`);
    });
  }
  const stop = async () => {
    isOver = true;
    await Promise.all(children.map((child) => child.stop(2000)));
  };
  return { program: join(program, 'main.js'), stop };
}

/**
 * @param {{ nest: string, typescript: string }} settings
 * @param {(line: string) => void} onLine
 */
function startCompiler({ nest, typescript }, onLine) {
  const files = ['--config', relative(projectRoot, nest), '--path', relative(projectRoot, typescript)];
  return startNode([join(projectRoot, 'node_modules/@nestjs/cli/bin/nest.js'), 'build', '--watch', ...files], {
    env: process.env,
    onLine: (line) => onLine(stripVTControlCharacters(line)),
  });
}

/** @param {string} settings @param {(line: string) => void} onComplaint */
function startTypeChecker(settings, onComplaint) {
  const compiler = join(projectRoot, 'node_modules/typescript/bin/tsc');
  return startNode([compiler, '-p', settings, '--noEmit', '--watch', '--preserveWatchOutput'], {
    env: process.env,
    onLine: (line) => {
      if (!isRoutine(line)) onComplaint(line);
    },
  });
}

/** @param {string} line */
function isRoutine(line) {
  return /^\s*$|Successfully compiled|Watching for file changes|Starting compilation|File change detected|Running\.\.\./.test(
    line,
  );
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
  // The builder does not understand the path by which the other settings exclude tests.
  ofBuild.compilerOptions.builder.options.ignore = ['**/*.spec.ts'];
  writeFileSync(nest, JSON.stringify(ofBuild));
  return { typescript, nest };
}
