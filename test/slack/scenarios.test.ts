import { describe } from 'vitest';
import { playScenarios } from '../chat/scenarios.ts';
import { SlackDriver } from './slack-driver.ts';

/** Every scenario of test/chat in a Slack that refuses what Slack refuses. */
describe('in Slack', () => playScenarios(() => new SlackDriver()));
