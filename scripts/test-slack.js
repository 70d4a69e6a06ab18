// `npm run test:slack`: the server against a Slack that others wrote.
import { runEmulator } from './run-emulator.js';

// The package for this platform by itself: `local-slack` is a launcher that would choose among all of them.
runEmulator({ name: 'slack', packages: { 'local-slack-linux-x64': '0.1.8' } });
