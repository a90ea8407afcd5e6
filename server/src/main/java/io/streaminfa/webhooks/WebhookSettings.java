package io.streaminfa.webhooks;

/**
 * The {@code [webhooks]} section.
 *
 * @param allowPrivateAddresses whether receivers may be in the server's own network or machine
 */
public record WebhookSettings(boolean allowPrivateAddresses) {}
