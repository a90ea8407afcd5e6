package io.streaminfa.transcode;

import java.nio.file.Path;

/**
 * Looks into files and encodes them, each call in a worker process of its own. Calls block; an
 * interrupt kills the worker at once. A worker that makes no progress is killed, too.
 *
 * <p>Codes of failures that are the file's fault: {@code empty_file}, {@code not_a_media_file},
 * {@code truncated_file}, {@code encrypted_media}, {@code no_video_stream}, {@code
 * codec_not_allowed}, {@code audio_codec_not_allowed}, {@code undecodable}, {@code too_long},
 * {@code too_large_picture}. Others: {@code file_unreadable}, {@code worker_start_failed}, {@code
 * worker_crashed}, {@code worker_hung}, {@code ffmpeg_error}, {@code encoder_missing}, {@code
 * encoder_failed}.
 */
public interface FileTranscoder {
  /** Decodes the beginning of the file. */
  MediaProbe probe(Path file, ProbeLimits limits) throws TranscodeException, InterruptedException;

  /** Encodes one chunk of the video. */
  EncodedRange encodeVideo(VideoChunkRequest request, FileOutput output)
      throws TranscodeException, InterruptedException;

  /** Encodes the whole audio. */
  EncodedRange encodeAudio(AudioRequest request, FileOutput output)
      throws TranscodeException, InterruptedException;
}
