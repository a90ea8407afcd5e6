/** Events pushed to receivers: signed, in order for each stream, again and again until taken. */
@NullMarked
package io.streaminfa.webhooks;

import org.jspecify.annotations.NullMarked;
