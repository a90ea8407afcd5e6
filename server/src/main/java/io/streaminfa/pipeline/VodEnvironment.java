package io.streaminfa.pipeline;

import io.streaminfa.jobs.JobQueue;
import io.streaminfa.packager.PackagerServices;
import io.streaminfa.stream.StreamRegistry;
import io.streaminfa.transcode.FileTranscoder;
import java.nio.file.Path;

/**
 * What the work on all files of this process shares.
 *
 * @param dataDirectory below which the uploaded files are
 */
public record VodEnvironment(
    StreamRegistry streams,
    JobQueue jobs,
    FileTranscoder transcoder,
    PackagerServices packaging,
    VodMetrics metrics,
    Path dataDirectory) {}
