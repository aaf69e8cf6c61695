// npm run control-plane
import { controlPlaneCommand } from './command.ts';

const stopped = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopped.abort());
const say = (line: string) => void process.stderr.write(`${line}\n`);
process.exitCode = await controlPlaneCommand(process.argv.slice(2), { say, signal: stopped.signal });
