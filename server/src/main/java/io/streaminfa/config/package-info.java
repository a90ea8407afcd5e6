/** The settings: reads their layers and reports every mistake at once. */
@NullMarked
package io.streaminfa.config;

import org.jspecify.annotations.NullMarked;
