/** The embedded state store: streams, their events and jobs in one SQLite database. */
@NullMarked
package io.streaminfa.state;

import org.jspecify.annotations.NullMarked;
