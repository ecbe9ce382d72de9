#!/usr/bin/env node
// Committed beside the build, so that npm can link the command before the first build has run.
import '../dist/main.js';
