import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';

/** Lets a Python program read bytes from `sys.stdin.buffer`. @returns what it prints, which must be JSON */
export async function python<Result>(program: string, input: Uint8Array): Promise<Result> {
  return JSON.parse((await run('python3', ['-c', program], input)).toString()) as Result;
}

/** Runs a program on bytes. @returns what it prints @throws with what it complains of */
export async function run(program: string, args: readonly string[], input: Uint8Array): Promise<Buffer> {
  const child = spawn(program, args, { stdio: 'pipe', env: { ...process.env, PYTHONUTF8: '1' } });
  const ended = once(child, 'close') as Promise<[number]>;
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [output, complaints] = await Promise.all([buffer(child.stdout), buffer(child.stderr)]);
  const [code] = await ended;
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${complaints.toString()}`);
  return output;
}
