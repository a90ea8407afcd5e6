/** What a stream is: its identity, its secrets, its states and their registry. */
@NullMarked
package io.streaminfa.stream;

import org.jspecify.annotations.NullMarked;
