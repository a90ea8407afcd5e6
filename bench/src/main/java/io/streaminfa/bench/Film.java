package io.streaminfa.bench;

import io.streaminfa.units.Resolution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/**
 * A film as an encoder would send it: FLV, H.264 with two B-frames, a key frame every two seconds,
 * AAC. It moves and it is noisy, so that encoders and bitrates are those of real pictures.
 */
record Film(Resolution size, int framesPerSecond, int seconds, int kbps) {
  private static final int KEY_FRAME_SECONDS = 2;

  /** Makes the film once below bench/target, or finds it there. */
  Path make(Home home, Executable ffmpeg) throws IOException, InterruptedException {
    Path directory = home.work("films");
    Path film =
        directory.resolve("%s-%dfps-%ds-%dk.flv".formatted(size, framesPerSecond, seconds, kbps));
    if (!Files.exists(film)) {
      Path unfinished = directory.resolve("unfinished.flv");
      ffmpeg.run(Executable.words(arguments(unfinished)));
      Files.move(unfinished, film, StandardCopyOption.ATOMIC_MOVE);
    }
    return film;
  }

  private String arguments(Path target) {
    int gop = framesPerSecond * KEY_FRAME_SECONDS;
    return String.format(
        Locale.ROOT,
        "-f lavfi -i testsrc2=size=%s:rate=%d:duration=%d"
            + " -f lavfi -i aevalsrc=0.3*sin(440*2*PI*t)|0.3*sin(660*2*PI*t):s=48000:d=%d"
            + " -vf noise=alls=12:allf=t,format=yuv420p"
            + " -c:v libx264 -preset superfast -profile:v high -bf 2 -g %d -keyint_min %d"
            + " -sc_threshold 0 -b:v %dk -maxrate %dk -bufsize %dk"
            + " -c:a aac -b:a 128k -flvflags no_duration_filesize -f flv %s",
        size,
        framesPerSecond,
        seconds,
        seconds,
        gop,
        gop,
        kbps,
        kbps,
        kbps,
        target);
  }
}
