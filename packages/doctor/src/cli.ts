#!/usr/bin/env node
import { topCommand } from './top/top-command.ts';

const [command, ...args] = process.argv.slice(2);
if (command === 'top') process.exitCode = await topCommand(args);
