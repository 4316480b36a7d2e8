import ts from 'typescript';

interface CompileOptions {
  /** The TypeScript configuration that names what is compiled. */
  configFile: string;
  /** Takes the place of the configuration's own. */
  outDir: string;
}

/**
 * Type-checks and writes JavaScript, nothing at all when there is an error.
 *
 * @returns how many modules were written
 * @throws Error with the compiler's messages, each with its file and line
 */
export function compile({ configFile, outDir }: CompileOptions): number {
  const host: ts.ParseConfigFileHost = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw compileError([diagnostic]);
    },
  };
  const parsed = ts.getParsedCommandLineOfConfigFile(configFile, { outDir }, host);
  if (parsed === undefined) throw new Error(`cannot read ${configFile}`);
  if (parsed.errors.length > 0) throw compileError(parsed.errors);

  const program = ts.createProgram({ rootNames: parsed.fileNames, options: parsed.options });
  let written = 0;
  const emitted = program.emit(undefined, (path, text, withByteOrderMark) => {
    ts.sys.writeFile(path, text, withByteOrderMark);
    written += 1;
  });
  const diagnostics = [...ts.getPreEmitDiagnostics(program), ...emitted.diagnostics];
  if (emitted.emitSkipped || diagnostics.length > 0) throw compileError(diagnostics);
  return written;
}

function compileError(diagnostics: readonly ts.Diagnostic[]): Error {
  const unique = ts.sortAndDeduplicateDiagnostics(diagnostics);
  const text = ts.formatDiagnostics(unique, {
    getCurrentDirectory: () => ts.sys.getCurrentDirectory(),
    getCanonicalFileName: (path) => path,
    getNewLine: () => '\n',
  });
  return new Error(`does not compile, ${unique.length} problems; nothing was built\n${text.trimEnd()}`);
}
