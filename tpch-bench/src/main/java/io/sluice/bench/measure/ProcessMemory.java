package io.sluice.bench.measure;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.jspecify.annotations.Nullable;

/** The memory of a Java process of this user: from Linux's {@code /proc}, and as its JVM tells. */
public final class ProcessMemory implements AutoCloseable {

  private static final String RESIDENT = "VmRSS:";

  private final long pid;
  private final @Nullable JMXConnector jvm;

  private ProcessMemory(long pid, @Nullable JMXConnector jvm) {
    this.pid = pid;
    this.jvm = jvm;
  }

  /**
   * Returns the memory of a process; heap and buffers stay unknown when its JVM cannot be asked.
   */
  public static ProcessMemory of(long pid) {
    return new ProcessMemory(pid, connect(pid));
  }

  // The address is what a JVM of this very user has just given, of its loopback interface.
  @SuppressWarnings("BanJNDI")
  private static @Nullable JMXConnector connect(long pid) {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
      try {
        return JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
      } finally {
        machine.detach();
      }
    } catch (IOException | AttachNotSupportedException | RuntimeException refused) {
      return null;
    }
  }

  /** Returns the bytes that are resident, of all processes together. */
  public static OptionalLong resident(List<Long> pids) {
    long sum = 0;
    for (long pid : pids) {
      try {
        Path file = Path.of("/proc", Long.toString(pid), "status");
        sum += parse(Files.readString(file, StandardCharsets.ISO_8859_1));
      } catch (IOException gone) {
        return OptionalLong.empty();
      }
    }
    return OptionalLong.of(sum);
  }

  /** Returns the resident bytes in the text of {@code status}, proc(5). */
  static long parse(String status) {
    return status
        .lines()
        .filter(line -> line.startsWith(RESIDENT))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .sum();
  }

  /** Returns the process's resident bytes. */
  public OptionalLong resident() {
    return resident(List.of(pid));
  }

  /** Returns the bytes of heap in use, garbage included. */
  public OptionalLong heap() {
    return ask(
        server ->
            ManagementFactory.newPlatformMXBeanProxy(
                    server, ManagementFactory.MEMORY_MXBEAN_NAME, MemoryMXBean.class)
                .getHeapMemoryUsage()
                .getUsed());
  }

  /** Returns the bytes of direct buffers. */
  public OptionalLong direct() {
    return ask(
        server ->
            ManagementFactory.newPlatformMXBeanProxy(
                    server, "java.nio:type=BufferPool,name=direct", BufferPoolMXBean.class)
                .getMemoryUsed());
  }

  private OptionalLong ask(Question question) {
    if (jvm == null) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(question.ask(jvm.getMBeanServerConnection()));
    } catch (IOException gone) {
      return OptionalLong.empty();
    }
  }

  @Override
  public void close() throws IOException {
    if (jvm != null) {
      jvm.close();
    }
  }

  private interface Question {
    long ask(MBeanServerConnection server) throws IOException;
  }
}
