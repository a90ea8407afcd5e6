package io.streaminfa.config;

import io.streaminfa.auth.AuthSettings;
import io.streaminfa.control.ControlSettings;
import io.streaminfa.delivery.CacheSettings;
import io.streaminfa.delivery.DeliverySettings;
import io.streaminfa.ingest.IngestSettings;
import io.streaminfa.observability.ObservabilitySettings;
import io.streaminfa.packager.PackagingSettings;
import io.streaminfa.storage.StorageSettings;
import io.streaminfa.transcode.TranscodeSettings;
import io.streaminfa.webhooks.WebhookSettings;

/** The settings of a server: one record for each stage, declared by the stage itself. */
public record Config(
    ServerSettings server,
    IngestSettings ingest,
    TranscodeSettings transcode,
    PackagingSettings packaging,
    StorageSettings storage,
    DeliverySettings delivery,
    ObservabilitySettings observability,
    AuthSettings auth,
    CacheSettings cache,
    ControlSettings control,
    WebhookSettings webhooks) {}
