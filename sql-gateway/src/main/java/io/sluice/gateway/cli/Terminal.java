package io.sluice.gateway.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What the client finds around it.
 *
 * @param input where a statement is read from that is not an argument, UTF-8
 * @param output gets rows
 * @param messages gets everything else
 * @param width columns of the terminal that {@code output} is, 0 when it is none
 * @param password the password of the environment, null when there is none
 * @param clock to tell how long a statement took
 */
public record Terminal(
    InputStream input,
    OutputStream output,
    PrintStream messages,
    int width,
    @Nullable String password,
    InstantSource clock) {}
