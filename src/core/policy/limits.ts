/** Approvals that one rule may ask for: more people never answer within one decision's time. */
export const approvalsMax = 10;
/** People in the file: beyond this a directory should say who is who. */
export const peopleMax = 5_000;
/** Rules in the file: each script and machine is held against all of them. */
export const rulesMax = 500;
