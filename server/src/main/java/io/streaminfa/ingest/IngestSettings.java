package io.streaminfa.ingest;

import java.time.Duration;
import java.util.List;

/** The {@code [ingest]} section. */
public record IngestSettings(
    int maxBitrateKbps,
    long maxUploadSizeBytes,
    List<String> allowedCodecs,
    List<String> allowedAudioCodecs,
    Duration maxDuration,
    int maxLongEdgePixels,
    Duration uploadTimeout,
    int maxConcurrentRtmpConnections,
    int maxConcurrentLiveStreams,
    int maxConcurrentUploads,
    int maxPendingConnections,
    Duration reconnectWindow,
    Duration keyFrameTimeout,
    Duration idleTimeout) {}
