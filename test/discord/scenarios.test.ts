import { describe } from 'vitest';
import { playScenarios } from '../chat/scenarios.ts';
import { DiscordDriver } from './discord-driver.ts';

/** Every scenario of test/chat in a Discord that refuses what Discord refuses. */
describe('in Discord', () => playScenarios(() => new DiscordDriver()));
