/** What the server tells to the outside: the form of an event, and where events are read. */
@NullMarked
package io.streaminfa.events;

import org.jspecify.annotations.NullMarked;
