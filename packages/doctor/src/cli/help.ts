/** What `--help` prints. */
export const help: string = `heddle-doctor finds what blocks the event loop of a Node program.

  heddle-doctor [options] [--] node server.js   runs a program and watches it until it ends
  heddle-doctor [options] --attach PID          watches a running program until Ctrl-C
  heddle-doctor top URL|PID                     shows a running program live

The program is any command that runs Node, such as tsx server.ts or npm start, and runs as it would
without. Ctrl-C ends it, then the report is printed; a second Ctrl-C gives up waiting for its end.

  --threshold MS    how long the loop may stand still before that is reported (50)
  --fail-over MS    exit with 1 when it stood still for longer than that, for CI
  --json [FILE]     the report as JSON, to the standard output (the program's own output then goes to
                    the standard error) or to a FILE whose name ends in .json
  --html FILE       the report as a page to look at, one file that needs no network
  --no-judge        does not try out what to write instead: that slows the program's awaits for some
                    seconds after a block
  --attach PID      a running Node process; its inspector is opened for as long as that takes
  --help, --version

Exit codes: the program's own (128 + n for a signal), and of the doctor itself
  1     the loop stood still for longer than --fail-over allows
  2     the doctor could not do what it was asked to
  127   there is no such command, 126 where it cannot be run
`;
