// tsc copies only what it compiles; the console's stylesheet and script travel beside it.
import { cpSync } from 'node:fs';

cpSync('src/chat/console/assets', 'dist/src/chat/console/assets', { recursive: true });
