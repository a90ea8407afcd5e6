package io.streaminfa.transcode;

/**
 * What a request really covered.
 *
 * @param pictures in each video rendition, 0 for audio; a chunk behind the end of the file has none
 * @param endTicks where its last picture ends, on the 90 kHz clock: at the next picture of the
 *     file, or where the file's last one ends
 * @param decodeErrors packets that no decoder could use
 */
public record EncodedRange(long pictures, long endTicks, long decodeErrors) {}
