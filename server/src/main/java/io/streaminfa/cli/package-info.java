/** The command line: commands, their options, their help, and what somebody meant who mistyped. */
@NullMarked
package io.streaminfa.cli;

import org.jspecify.annotations.NullMarked;
