package io.streaminfa.transcode;

/**
 * Why a worker's output ends before its input did.
 *
 * @param code snake_case and stable: {@code worker_crashed}, {@code worker_hung}, {@code
 *     worker_start_failed}, or a defect code of the media
 * @param message a sentence, with FFmpeg's words where there are any
 * @param sourceAtFault whether another worker would fail on the same input
 */
public record TranscodeFailure(String code, String message, boolean sourceAtFault) {}
