// `npm run test:discord`: the server against a Discord that others wrote.
import { runEmulator } from './run-emulator.js';

// Its own range takes a spiceflow without the middleware that it needs.
runEmulator({
  name: 'discord',
  packages: { 'discord-digital-twin': '0.1.1' },
  overrides: { spiceflow: '1.19.0' },
});
