package io.sluice.gateway.endtoend;

import io.sluice.gateway.hive.HiveDriver;
import java.sql.SQLException;

/** The ways to reach Sluice, each with a client as its users have it. */
enum Door {
  FLIGHT {
    @Override
    DoorClient open(GatewayFixture gateway, String user) throws SQLException {
      return new JdbcDoorClient(gateway.connect(user));
    }
  },
  HIVE_4 {
    @Override
    DoorClient open(GatewayFixture gateway, String user) throws SQLException {
      return new JdbcDoorClient(HiveDriver.HIVE_4.connect(gateway.thriftPort(), "/", user));
    }
  },
  HIVE_4_HTTP {
    @Override
    DoorClient open(GatewayFixture gateway, String user) throws SQLException {
      return new JdbcDoorClient(HiveDriver.HIVE_4.connect(gateway.httpPort(), HTTP, user));
    }
  },
  HIVE_3 {
    @Override
    DoorClient open(GatewayFixture gateway, String user) throws SQLException {
      return new JdbcDoorClient(HiveDriver.HIVE_3.connect(gateway.thriftPort(), "/", user));
    }
  },
  KYUUBI {
    @Override
    DoorClient open(GatewayFixture gateway, String user) throws SQLException {
      return new JdbcDoorClient(HiveDriver.KYUUBI.connect(gateway.thriftPort(), "/", user));
    }
  },
  AVATICA_PROTOBUF {
    @Override
    DoorClient open(GatewayFixture gateway, String user) throws SQLException {
      return new JdbcDoorClient(ThinClient.connect(gateway.httpPort(), "protobuf", user, user));
    }
  },
  AVATICA_JSON {
    @Override
    DoorClient open(GatewayFixture gateway, String user) throws SQLException {
      return new JdbcDoorClient(ThinClient.connect(gateway.httpPort(), "json", user, user));
    }
  },
  REST {
    @Override
    DoorClient open(GatewayFixture gateway, String user) {
      return new RestDoorClient(new RestClient(gateway.httpPort(), user));
    }
  };

  private static final String HTTP = "/;transportMode=http;httpPath=cliservice";

  /** Logs one of the demonstration's users in, whose password is their name. */
  abstract DoorClient open(GatewayFixture gateway, String user) throws SQLException;

  boolean isHive() {
    return name().startsWith("HIVE") || this == KYUUBI;
  }

  boolean isAvatica() {
    return name().startsWith("AVATICA");
  }
}
