import { z } from 'zod';
import { alertsInDeliveryMax } from './limits.ts';

/** An object of this shape; one that is missing has nothing in it. */
export const object = <T extends z.ZodRawShape>(shape: T) =>
  z.preprocess((value) => value ?? {}, z.looseObject(shape));

/** A list, empty where it is missing; one thing that stands alone is a list of it. No longer than alerts may be many. */
export const list = <T extends z.ZodType>(of: T) =>
  z.preprocess(
    (value) => (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]),
    z.array(of).max(alertsInDeliveryMax),
  );
