import { storeContract } from '../contract/store.ts';
import { makeSqliteRig } from './sqlite-rig.ts';

storeContract('SqliteStore', makeSqliteRig);
