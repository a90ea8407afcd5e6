package io.streaminfa.transcode;

import io.streaminfa.units.Bitrate;
import io.streaminfa.units.Resolution;

/**
 * One {@code [[transcode.profile_ladder]]}: what is asked for, before a source is known.
 *
 * @param name the rendition's name in routes and object keys
 * @param size the box that a landscape picture is fitted into
 * @param profile H.264 profile: baseline, main or high
 * @param level H.264 level such as "4.1"; raised where the frame rate needs it
 * @param preset x264 preset for files; live has its own
 */
public record LadderRung(
    String name,
    Resolution size,
    Bitrate videoBitrate,
    Bitrate audioBitrate,
    String profile,
    String level,
    String preset) {}
