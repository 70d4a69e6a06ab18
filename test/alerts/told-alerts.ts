import { expect } from 'vitest';
import type { AlertParser } from '../../src/alerts/told.ts';
import type { Alert } from '../../src/core/alert.ts';

export const now = Date.parse('2026-11-21T12:00:00Z');

/** The alerts of a payload that is taken; fails the test where it isn't. */
export const alertsOf = (parser: AlertParser, body: unknown): Alert[] => {
  const told = parser(body, now);
  expect(told).toMatchObject({ kind: 'alerts' });
  return told.kind === 'alerts' ? told.alerts : [];
};

/** The one alert of a payload. */
export const alertIn = (parser: AlertParser, body: unknown): Alert => {
  const alerts = alertsOf(parser, body);
  expect(alerts).toHaveLength(1);
  return alerts[0] as Alert;
};

/** Why a payload is not this source's; null where it is. */
export const problemOf = (parser: AlertParser, body: unknown): string | null => {
  const told = parser(body, now);
  return told.kind === 'foreign' ? told.problem : null;
};
