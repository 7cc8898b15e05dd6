// The version of the package, as its package.json says. Apart from the rest of this room, as it reads a file.
import { existsSync, readFileSync } from 'node:fs';

/** Looks above the sources and above the build. */
export function packageVersion(): string {
  for (const place of ['../package.json', '../../package.json']) {
    const url = new URL(place, import.meta.url);
    if (existsSync(url)) return (JSON.parse(readFileSync(url, 'utf8')) as { version: string }).version;
  }
  throw new Error('package.json is missing from the installation');
}
