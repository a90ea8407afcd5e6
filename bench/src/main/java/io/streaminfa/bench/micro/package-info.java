/** JMH benchmarks of what is done for every message, sample and playlist. */
@NullMarked
package io.streaminfa.bench.micro;

import org.jspecify.annotations.NullMarked;
