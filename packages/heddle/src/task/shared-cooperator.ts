import { Cooperator } from './cooperator.ts';

/** The cooperator that the tasks of a program share. */
export const sharedCooperator: Cooperator = new Cooperator();
