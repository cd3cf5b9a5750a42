import { execFileSync } from 'node:child_process';

/** Tests of the process run what users run: the compiled program. */
export default function build(): void {
  execFileSync('npm', ['run', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
