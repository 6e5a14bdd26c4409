// @ts-check
// Tells whether a changed source still compiles. A mutation that does not would be caught by no test, but by the compiler.
import { join } from 'node:path';
import ts from 'typescript';

export class Compiler {
  #service;

  /** @param {string} root of the sources */
  constructor(root) {
    const config = configOf(root);
    /** @type {import('typescript').LanguageServiceHost} */
    const host = {
      getCompilationSettings: () => config.options,
      getScriptFileNames: () => config.fileNames,
      // A file that was changed, or changed back, is read again.
      getScriptVersion: (file) => String(ts.sys.getModifiedTime?.(file)?.getTime()),
      getScriptSnapshot: (file) => {
        const text = ts.sys.readFile(file);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => root,
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      fileExists: ts.sys.fileExists,
      readFile: ts.sys.readFile,
      readDirectory: ts.sys.readDirectory,
      directoryExists: ts.sys.directoryExists,
      getDirectories: ts.sys.getDirectories,
      realpath: ts.sys.realpath,
    };
    this.#service = ts.createLanguageService(host);
    this.root = root;
  }

  /**
   * @param {string} file below the root
   * @returns {string | null} what is wrong with it
   */
  problemOf(file) {
    if (!file.endsWith('.ts')) return null;
    const path = join(this.root, file);
    const [first] = [...this.#service.getSyntacticDiagnostics(path), ...this.#service.getSemanticDiagnostics(path)];
    return first ? ts.flattenDiagnosticMessageText(first.messageText, ' ') : null;
  }
}

/** @param {string} root */
function configOf(root) {
  const config = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.build.json'), undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
    },
  });
  if (!config) throw new Error('tsconfig.build.json cannot be read');
  return config;
}
