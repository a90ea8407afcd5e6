package io.streaminfa.bench;

/**
 * One film through one transcoder.
 *
 * @param cpuSeconds user and system time of its process, from start to end
 * @param peakMib its process's most resident memory
 * @param pictures that came out, of all renditions; 0 when the transcoder does not tell
 */
record TranscodeRun(double wallSeconds, double cpuSeconds, double peakMib, long pictures) {}
