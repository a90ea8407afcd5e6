package io.streaminfa.transcode;

import io.streaminfa.units.FrameRate;
import io.streaminfa.units.Resolution;

/**
 * What the decoder saw of a source; never what the publisher claimed.
 *
 * @param codedSize as stored
 * @param displaySize after rotation and sample aspect ratio
 * @param frameRate measured from the first timestamps
 * @param audioCodec empty when there is no audio
 * @param audioSampleRate Hz, 0 without audio
 * @param audioChannels 0 without audio
 */
public record SourceInfo(
    String videoCodec,
    Resolution codedSize,
    Resolution displaySize,
    FrameRate frameRate,
    String pixelFormat,
    String audioCodec,
    int audioSampleRate,
    int audioChannels) {}
