// Brokers that everybody may use, and listen on: no fleet's passwords belong there.

const publicBrokers =
  "test.mosquitto.org iot.eclipse.org mqtt.eclipse.org mqtt.eclipseprojects.io broker.hivemq.com broker.mqttdashboard.com broker.emqx.io broker-cn.emqx.io mqtt.fluux.io mqtt.flespi.io public.mqtthq.com public-mqtt-broker.bevywise.com broker.mqtt.cool mqtt.dioty.co maqiatto.com mqtt.beebotte.com io.adafruit.com mqtt3.thingspeak.com".split(
    " ",
  );

export const isPublicBroker = (domain: string): boolean =>
  publicBrokers.some((one) => domain === one || domain.endsWith(`.${one}`));
