/**
 * Source films, publishers, players and a running server: what the end-to-end tests are made of.
 */
@NullMarked
package io.streaminfa.e2e.kit;

import org.jspecify.annotations.NullMarked;
