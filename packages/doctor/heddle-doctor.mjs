#!/usr/bin/env node
// A file of its own, since npm links a command only if it is there when it installs: in the repository that is before the build.
import './dist/cli.mjs';
